import { expect, test } from 'vitest';
import { mirrorsIn } from './host-archive.ts';

const DEFAULTS = { debian: 'http://deb.debian.org/debian', security: 'http://deb.debian.org/debian-security' };

test("the host's own mirrors are used, and what it has of its release is known", () => {
  const listed = [
    'https://mirror.example/debian/ bookworm main',
    'https://mirror.example/debian/ bookworm-updates main',
    'https://mirror.example/security/ bookworm-security main',
    'https://deb.nodesource.com/node_20.x/ nodistro main',
  ].join('\n');
  expect(mirrorsIn(listed)).toEqual({
    uris: { debian: 'https://mirror.example/debian', security: 'https://mirror.example/security' },
    configured: ['bookworm', 'bookworm-updates', 'bookworm-security'],
  });
});

test("another maker's source with such a path comes after Debian's", () => {
  const listed =
    'https://other.example/debian bookworm main\nfile:/mnt/debian/ bookworm main\nfile:/mnt/debian/ bookworm-updates main';
  expect(mirrorsIn(listed).uris).toEqual({ ...DEFAULTS, debian: 'file:/mnt/debian' });
});

test.each([
  [''],
  ['http://archive.ubuntu.com/ubuntu/ noble main\nhttps://download.example/linux/debian bookworm stable'],
])("a host that is set up for none gets Debian's own: %j", (listed) => {
  expect(mirrorsIn(listed)).toEqual({ uris: DEFAULTS, configured: [] });
});
