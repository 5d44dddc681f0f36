import { z } from 'zod';

/** A device's block node has the device's id for its name, and those hold no more (block_int.h, node_name[32]). */
export const MAX_ID_LENGTH = 31;

/**
 * QEMU's rule for ids: a letter, then letters, digits, `-`, `.` and `_` (util/id.c, id_wellformed).
 */
export const deviceId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,30}$/)
  .meta({ title: 'an id: a letter, then letters, digits, ".", "_" or "-", at the most 31 in all' });
