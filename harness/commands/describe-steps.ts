import { formatDuration } from '../../report/format.ts';
import { settingText } from '../scenario/setting-text.ts';
import type { BootPlug, Expected, LoadStep, MeasuredStep, NamedDevice, Step, Variant } from '../variant.ts';
import { listWords } from '../words.ts';

/** Longer stretches that come again are rare, and looking for them takes the square of their length. */
const MAX_REPEATED = 12;

/** A variant's sequence in one line: `boot with 2 nvme, plug 8 virtio-blk together, wait 500 ms, unplug all 8 together`. */
export function describeSequence({
  started,
  bootPlugs,
  steps,
}: Pick<Variant, 'started' | 'bootPlugs' | 'steps'>): string {
  const boot = started.length === 0 ? 'boot' : `boot with ${byKind(started)}`;
  return [boot, ...describeBootPlugs(bootPlugs), ...describeSteps(steps, [...started, ...bootPlugs])].join(', ');
}

/** `50 ms`, `1.5 s`, `2 min`. */
export function describeTime(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms % 1000 === 0 ? formatDuration(ms) : `${ms / 1000} s`;
}

/** `guest 2, host 1`: busy CPUs. */
export function describeLoad({ guestCpus, hostCpus }: Pick<LoadStep, 'guestCpus' | 'hostCpus'>): string {
  const guest = guestCpus > 0 ? [`guest ${guestCpus}`] : [];
  return [...guest, ...(hostCpus > 0 ? [`host ${hostCpus}`] : [])].join(', ');
}

/** `plug ok or lost`: what each operation may end in. */
export function describeExpected(expected: Expected): readonly string[] {
  return Object.entries(expected).map(([operation, outcomes]) => `${operation} ${listWords(outcomes, 'or')}`);
}

/** Those of one step of the file next to each other, each with the same distance from the one before. */
function describeBootPlugs(plugs: readonly BootPlug[]): readonly string[] {
  const runs: BootPlug[][] = [];
  for (const plug of plugs) {
    const run = runs.at(-1);
    const isLike =
      run?.[0] && kindOf(run[0]) === kindOf(plug) && run[0].holdMs === plug.holdMs && run[0].atReady === plug.atReady;
    const gap = run && run.length > 1 ? (run[1]?.fromMs ?? 0) - (run[0]?.fromMs ?? 0) : undefined;
    const ownGap = plug.fromMs - (run?.at(-1)?.fromMs ?? 0);
    if (run && isLike && ownGap >= 0 && (gap ?? ownGap) === ownGap) run.push(plug);
    else runs.push([plug]);
  }
  return runs.map(([first, second, ...others]) => {
    if (!first) return '';
    const { fromMs, toMs, holdMs, atReady } = first;
    const at = fromMs === toMs ? describeTime(fromMs) : `${describeTime(fromMs)} to ${describeTime(toMs)}`;
    const gapMs = (second?.fromMs ?? fromMs) - fromMs;
    const apart = gapMs > 0 ? `, ${describeTime(gapMs)} apart` : '';
    const what = `${second ? `${others.length + 2} ` : ''}${nameOf(first)}`;
    if (atReady) return `plug ${what} as soon as the guest is ready${apart}${mayEnd(first)}`;
    return `plug ${what} ${at} into the boot${apart} (watched for ${describeTime(holdMs)})${mayEnd(first)}`;
  });
}

/** @param plugged what is there before the steps; afterwards it is what is there then */
function describeSteps(steps: readonly Step[], plugged: NamedDevice[]): readonly string[] {
  return withRepetitions(steps.map((step) => describeStep(step, plugged)));
}

function describeStep(step: Step, plugged: NamedDevice[]): string {
  switch (step.operation) {
    case 'plug':
    case 'unplug':
      return describeOperations([step], plugged, '');
    case 'pause':
    case 'resume':
    case 'reset':
    case 'rescan':
      return step.operation;
    case 'inspect':
    case 'check':
      return `${step.operation} ${step.what}`;
    case 'wait':
      return 'waitMs' in step
        ? `wait ${describeTime(step.waitMs)}`
        : `wait for ${JSON.stringify(step.until)} (${describeTime(step.timeoutMs)} at the most)`;
    case 'load':
      return `under load (${describeLoad(step)}): [${describeSteps(step.steps, plugged).join(', ')}]`;
    case 'parallel': {
      const alike = operationsTogether(step.branches);
      if (alike) return describeOperations(alike.operations, plugged, alike.how);
      return `at once: [${step.branches.map((branch) => describeSteps(branch, plugged).join(', ')).join(' | ')}]`;
    }
  }
}

/** Branches of one operation each, of one kind, that begin together or with one gap between them. */
function operationsTogether(
  branches: readonly (readonly Step[])[],
): { readonly operations: readonly MeasuredStep[]; readonly how: string } | undefined {
  const starts = branches.map((branch) => {
    const [first, second] = branch;
    const waitMs = first?.operation === 'wait' && 'waitMs' in first ? first.waitMs : 0;
    const step = waitMs > 0 ? second : first;
    const isOne = branch.length === (waitMs > 0 ? 2 : 1);
    return isOne && (step?.operation === 'plug' || step?.operation === 'unplug') ? { waitMs, step } : undefined;
  });
  const operations = starts.flatMap((start) => (start ? [start.step] : []));
  const [first] = operations;
  const gapMs = starts[1]?.waitMs ?? 0;
  const isRegular = starts.every((start, index) => start && start.waitMs === gapMs * index);
  const isAlike = operations.every((one) => one.operation === first?.operation && mayEnd(one) === mayEnd(first));
  if (!isRegular || !isAlike) return undefined;
  return { operations, how: gapMs === 0 ? ' together' : ` ${describeTime(gapMs)} apart` };
}

function describeOperations(operations: readonly MeasuredStep[], plugged: NamedDevice[], how: string): string {
  const [first] = operations;
  if (!first) return '';
  const before = plugged.length;
  const done = operations.filter(({ meantRefused }) => !meantRefused);
  if (first.operation === 'plug') plugged.push(...done);
  else {
    const ids = new Set(done.map(({ deviceId }) => deviceId));
    plugged.splice(0, before, ...plugged.filter(({ deviceId }) => !ids.has(deviceId)));
  }
  const isAll = first.operation === 'unplug' && operations.length === before && before > 1;
  const what = isAll ? `all ${before}` : byKind(operations);
  return `${first.operation} ${what}${how}${mayEnd(first)}`;
}

/** `2 nvme and virtio-net (net0)`. */
function byKind(devices: readonly NamedDevice[]): string {
  const kinds = [...new Set(devices.map(kindOf))];
  const ofKind = kinds.map((kind) => {
    const many = devices.filter((one) => kindOf(one) === kind);
    return many.length > 1 ? `${many.length} ${kind}` : many.map(nameOf).join('');
  });
  return ofKind.join(' and ');
}

function kindOf({ device, options }: NamedDevice): string {
  return settingText('device', { name: device, options });
}

/** With its id where the file has given it one. */
function nameOf(device: NamedDevice): string {
  const isNumbered = device.deviceId.replace(/-\d+$/, '') === device.device || device.deviceId === device.device;
  return isNumbered ? kindOf(device) : `${kindOf(device)} (${device.deviceId})`;
}

function mayEnd({ expected }: MeasuredStep): string {
  return expected ? ` (${listWords(expected, 'or')} expected)` : '';
}

/** `a, b, a, b, a, b` as `3 x [a, b]`. */
function withRepetitions(texts: readonly string[]): readonly string[] {
  const told: string[] = [];
  let at = 0;
  while (at < texts.length) {
    let best = { length: 1, times: 1 };
    for (let length = 1; length <= Math.min(MAX_REPEATED, (texts.length - at) / 2); length += 1) {
      let times = 1;
      while (isSame(texts, at, at + times * length, length)) times += 1;
      if (times > 1 && times * length > best.times * best.length) best = { length, times };
    }
    const stretch = texts.slice(at, at + best.length).join(', ');
    told.push(best.times > 1 ? `${best.times} x [${stretch}]` : stretch);
    at += best.length * best.times;
  }
  return told;
}

function isSame(texts: readonly string[], one: number, other: number, length: number): boolean {
  if (other + length > texts.length) return false;
  return texts.slice(one, one + length).every((text, index) => text === texts[other + index]);
}
