/** The least that is read as a bzImage: a boot header that points to a version string. */
export function bzImage(release: string): Buffer {
  const image = Buffer.alloc(0x400);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x100, 0x20e);
  image.write(`${release} (builder@host) #1 SMP PREEMPT_DYNAMIC\0`, 0x200 + 0x100, 'latin1');
  return image;
}
