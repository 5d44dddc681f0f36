// What the harness needs of the host: Debian packages.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { mayInstall } from './limits.mjs';
import { runCommand, step } from './progress.mjs';

/** Lists of [{command or file, package, why}]: `package` is missing when its command or its file is not there. */
const TO_RUN_GUESTS = readRequirements('../debian-packages.json');
const TO_BUILD_KERNELS = readRequirements('../../harness/versions/kernel-build/build-packages.json');
const TO_TEST_ALL = readRequirements('../test-packages.json');

/** Where Debian keeps administrators' commands such as modprobe; not in an ordinary user's PATH. */
const ADMINISTRATION_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** How long to wait for another apt to finish, in seconds. */
const LOCK_TIMEOUT_S = 60;
const APT_GET = ['apt-get', '-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`, '-o', 'Dpkg::Use-Pty=0'];
const INSTALL = ['install', '-y', '--no-install-recommends'];

/**
 * Makes sure of the Debian packages: `{ok: true}`, or `{ok: false, message}` with what is missing and what to type.
 * Installs them when this process is root or may become it without a password, unless HOTPLUG_BENCH_NO_INSTALL=1.
 * With `kernelBuild`, also what it takes to build a guest kernel.
 */
export function ensureHost({ kernelBuild }) {
  return ensure(kernelBuild ? [...TO_RUN_GUESTS, ...TO_BUILD_KERNELS] : TO_RUN_GUESTS);
}

/** The same for what some tests use and nothing else does. Without it they leave themselves out. */
export function ensureTestTools() {
  return ensure(TO_TEST_ALL);
}

async function ensure(requirements) {
  if (process.arch !== 'x64') {
    return {
      ok: false,
      message: `The guests are x86-64 and their agent is compiled here, but this is ${process.arch}.`,
    };
  }
  const missing = missingOf(requirements);
  if (missing.length === 0) return { ok: true };
  if (findCommand('apt-get') === undefined) {
    const message = `${describe(missing)}\nThere is no apt-get here: install what corresponds to these Debian packages.`;
    return { ok: false, message };
  }
  const asRoot = mayInstall() ? rootPrefix() : undefined;
  if (asRoot === undefined) return { ok: false, message: `${describe(missing)}\nType:\n  ${commandToType(missing)}` };

  const installed = await install(packagesOf(missing), asRoot);
  if (!installed.ok) {
    const message = `${describe(missing)}\n${installed.message}\nWhen that is mended, start again, or type:\n  ${commandToType(missing)}`;
    return { ok: false, message };
  }
  const left = missingOf(requirements);
  return left.length === 0 ? { ok: true } : { ok: false, message: `Installed, but not found:\n${describe(left)}` };
}

function readRequirements(file) {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

function missingOf(requirements) {
  return requirements.filter(({ command, file }) => (command ? findCommand(command) === undefined : !existsSync(file)));
}

function describe(missing) {
  const lines = missing.map((entry) => `  ${entry.package} (${entry.command ?? entry.file}: ${entry.why})`);
  return ['Missing on this host:', ...lines].join('\n');
}

function packagesOf(missing) {
  return [...new Set(missing.map((entry) => entry.package))];
}

function commandToType(missing) {
  const sudo = process.getuid() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get ${INSTALL.join(' ')} ${packagesOf(missing).join(' ')}`;
}

/** What to put before a command to run it as root without being asked for a password; nothing when there is no way. */
function rootPrefix() {
  if (process.getuid() === 0) return ['/usr/bin/env', 'DEBIAN_FRONTEND=noninteractive'];
  const allowed = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return allowed ? ['sudo', '-n', '/usr/bin/env', 'DEBIAN_FRONTEND=noninteractive'] : undefined;
}

/** Package lists that are missing are fetched first; lists that turn out to be too old are fetched and it tries again. */
async function install(packages, asRoot) {
  const update = () => step('fetching Debian package lists', () => runCommand([...asRoot, ...APT_GET, 'update']));
  const installPackages = () =>
    step(`installing ${packages.join(' ')}`, () => runCommand([...asRoot, ...APT_GET, ...INSTALL, ...packages]));
  if (hasPackageLists()) {
    const installed = await installPackages();
    if (installed.ok) return installed;
  }
  const updated = await update();
  return updated.ok ? installPackages() : updated;
}

function hasPackageLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some((file) => file.includes('_Packages'));
  } catch {
    return false;
  }
}

function findCommand(command) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...ADMINISTRATION_DIRECTORIES];
  return directories.map((directory) => join(directory, command)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
