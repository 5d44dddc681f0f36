import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchorOf, bootClock, bursts, type Echo, echoesIn, hostTimeOf } from './clock.ts';
import type { RecordedEvent } from './recording.ts';

/** Echoes as a guest clock with this offset and rate would give them, with these one-way delays. */
function simulate(
  offsetMs: number,
  rate: number,
  startMs: number,
  delays: readonly { out: number; back: number }[],
): Echo[] {
  let nowMs = startMs;
  const guest = (hostMs: number) => (hostMs - 0) * rate + offsetMs;
  return delays.map(({ out, back }) => {
    const sentMs = nowMs;
    const receivedMs = sentMs + out + back;
    nowMs = receivedMs + 0.05;
    return { sentMs, receivedMs, guestReceivedMs: guest(sentMs + out), guestSentMs: guest(sentMs + out) };
  });
}

const delay = fc.double({ min: 0.05, max: 20, noNaN: true });
const delays = fc.array(fc.record({ out: delay, back: delay }), { minLength: 1, maxLength: 20 });
const offset = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('anchorOf', () => {
  test('the true offset is never further away than the stated uncertainty', () => {
    fc.assert(
      fc.property(offset, delays, (offsetMs, trips) => {
        const anchor = anchorOf(simulate(offsetMs, 1, 1000, trips));
        if (!anchor) throw new Error('no anchor');
        expect(Math.abs(anchor.guestMs - anchor.hostMs - offsetMs)).toBeLessThanOrEqual(anchor.uncertaintyMs + 1e-6);
      }),
    );
  });

  test('more echoes never make it less certain', () => {
    fc.assert(
      fc.property(delays, (trips) => {
        const all = anchorOf(simulate(5, 1, 0, trips));
        const one = anchorOf(simulate(5, 1, 0, trips).slice(0, 1));
        expect(all?.uncertaintyMs).toBeLessThanOrEqual((one?.uncertaintyMs ?? 0) + 1e-9);
      }),
    );
  });

  test('takes the best trip out and the best trip back from different echoes', () => {
    const trips = [
      { out: 0.1, back: 9 },
      { out: 9, back: 0.2 },
    ];
    expect(anchorOf(simulate(7, 1, 0, trips))?.uncertaintyMs).toBeCloseTo(0.15, 9);
  });

  test('there is none without echoes', () => {
    expect(anchorOf([])).toBeUndefined();
  });
});

describe('a reading of both clocks at once', () => {
  const WALL_MS = 1_795_798_655_203;
  const echo = (request: number, atMs: number, guestMs: number): readonly RecordedEvent[] => [
    { atMs, source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} },
    {
      ...{ atMs: atMs + 30, source: 'agent', direction: 'received' },
      message: {
        ...{ sequence: 1, guestNs: guestMs * 1e6, kind: 'echo' },
        fields: { request: String(request), received: String(guestMs * 1e6) },
      },
    },
  ];
  /** The host's clock shows WALL_MS at 100 ms; the guest is 5000 ms ahead, and reads both 2.5 ms later. */
  const recording = (hostMs: number): readonly RecordedEvent[] => [
    { atMs: 100, source: 'harness', event: 'wall-clock', wallMs: WALL_MS, uncertaintyMs: 0.001 },
    {
      ...{ atMs: 110, source: 'agent', direction: 'received' },
      message: {
        ...{ sequence: 1, guestNs: 5_103_000_000, kind: 'pair' },
        fields: { host: String(BigInt(hostMs * 1000) * 1000n), earliest: '5102499900', latest: '5102500100' },
      },
    },
    ...echo(7, 220, 5_240),
    ...echo(8, 260, 5_270),
  ];
  const boot = (hostMs: number) => bootClock(recording(hostMs));

  test('is used where echoes allow it, and is a thousand times as certain', () => {
    expect(boot(WALL_MS + 2.5)).toMatchObject({ by: 'ptp_kvm', offsetMs: expect.closeTo(5000, 4) });
    expect(boot(WALL_MS + 2.5)?.uncertaintyMs).toBeCloseTo(0.0011, 6);
  });

  test('is not used where echoes contradict it, as when the host clock was set in between; that is said', () => {
    const stepped = recording(WALL_MS + 2.5 + 200);
    expect(bootClock(stepped)).toMatchObject({ by: 'echoes' });
    const anchor = anchorOf(echoesIn(stepped));
    expect(anchor?.contradictionMs).toBeCloseTo(190, 0);
    expect(Math.abs((anchor?.guestMs ?? 0) - (anchor?.hostMs ?? 0) - 5000)).toBeLessThanOrEqual(
      (anchor?.uncertaintyMs ?? 0) + 1e-6,
    );
  });

  test('alone, without an echo that was answered, it ties nothing', () => {
    expect(bootClock(recording(WALL_MS + 2.5).slice(0, 2))).toBeUndefined();
  });
});

describe('hostTimeOf', () => {
  test('follows a guest clock that drifts, within the uncertainty of its anchors', () => {
    const rate = fc.double({ min: 0.999, max: 1.001, noNaN: true });
    fc.assert(
      fc.property(offset, rate, fc.double({ min: 0, max: 1, noNaN: true }), (offsetMs, rateOf, share) => {
        const trips = Array.from({ length: 5 }, () => ({ out: 0.3, back: 0.3 }));
        const before = anchorOf(simulate(offsetMs, rateOf, 0, trips));
        const after = anchorOf(simulate(offsetMs, rateOf, 6000, trips));
        const trueHostMs = 10 + share * 5900;
        const found = hostTimeOf(trueHostMs * rateOf + offsetMs, before, after);
        expect(Math.abs((found ?? Number.NaN) - trueHostMs)).toBeLessThan(0.31 + 0.01);
      }),
    );
  });

  test('with one anchor takes the clocks to run equally fast', () => {
    const anchor = { hostMs: 100, guestMs: 40, uncertaintyMs: 0.1 };
    expect(hostTimeOf(50, anchor, undefined)).toBe(110);
    expect(hostTimeOf(50, undefined, anchor)).toBe(110);
    expect(hostTimeOf(50, undefined, undefined)).toBeUndefined();
  });
});

/** An echo as a recording has it. */
const echoAt = (echo: Echo, request: number): readonly RecordedEvent[] => [
  { atMs: echo.sentMs, source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} } as const,
  {
    atMs: echo.receivedMs,
    source: 'agent',
    direction: 'received',
    message: {
      sequence: request,
      guestNs: echo.guestSentMs * 1e6,
      kind: 'echo',
      fields: { request: String(request), received: String(echo.guestReceivedMs * 1e6) },
    },
  } as const,
];

describe('bursts', () => {
  const trips = [
    { out: 40, back: 40 },
    { out: 30, back: 50 },
  ];
  /** The rest of a line takes 100 ms. */
  const slow = simulate(5, 1, 0, trips).map((echo, index) => ({
    ...echo,
    sentMs: echo.sentMs + index * 100,
    receivedMs: echo.receivedMs + index * 100,
  }));

  test('on a slow host, too, echoes that follow each other at once are of one', () => {
    const events = slow.flatMap((echo, index) => echoAt(echo, 7 + index));
    expect(bursts(events).map((burst) => burst.length)).toEqual([2]);
  });

  test('what was asked for in between parts them', () => {
    const events = slow.flatMap((echo, index) => echoAt(echo, 7 + 2 * index));
    expect(bursts(events).map((burst) => burst.length)).toEqual([1, 1]);
  });
});

describe('bootClock', () => {
  /** The echoes as a recording has them; between the bursts, which begin every 6 s, the agent is asked for its journal. */
  const recorded = (echoes: readonly Echo[]): readonly RecordedEvent[] =>
    echoes.flatMap((echo, index) => {
      const request = index + Math.floor(echo.sentMs / 6000);
      return echoAt(echo, request);
    });
  const trip = fc.record({
    out: fc.double({ min: 0.2, max: 2, noNaN: true }),
    back: fc.double({ min: 0.2, max: 2, noNaN: true }),
  });
  const burst = fc.array(trip, { minLength: 12, maxLength: 12 });

  test('finds offset and drift of a simulated clock within what its uncertainty allows', () => {
    const ppm = fc.double({ min: -500, max: 500, noNaN: true });
    const offsets = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(offsets, ppm, fc.array(burst, { minLength: 2, maxLength: 6 }), (offsetMs, driftPpm, all) => {
        const echoes = all.flatMap((trips, index) => simulate(offsetMs, 1 + driftPpm / 1e6, index * 6000, trips));
        const clock = bootClock(recorded(echoes));
        const slack = (clock?.uncertaintyMs ?? 0) + 0.02;
        const driftSlackPpm = (clock?.driftUncertaintyPpm ?? Number.NaN) + 10;
        expect(Math.abs((clock?.driftPpm ?? Number.NaN) - driftPpm)).toBeLessThanOrEqual(driftSlackPpm * 1.5);
        expect(Math.abs((clock?.offsetMs ?? Number.NaN) - offsetMs)).toBeLessThanOrEqual(3 * slack);
      }),
    );
  });

  test('with one burst there is no drift to speak of, and without echoes nothing', () => {
    expect(bootClock(recorded(simulate(5, 1, 0, [{ out: 0.3, back: 0.3 }])))).not.toHaveProperty('driftPpm');
    expect(bootClock([])).toBeUndefined();
  });
});
