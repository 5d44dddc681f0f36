import { z } from 'zod';

/**
 * QEMU's rule for ids: a letter, then letters, digits, `-`, `.` and `_` (util/id.c, id_wellformed). At most 31, because a
 * device's block node has the same name, and those hold no more (block_int.h, node_name[32]).
 */
export const deviceId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,30}$/)
  .meta({ title: 'an id: a letter, then letters, digits, ".", "_" or "-", at the most 31 in all' });
