import { expect, test } from 'vitest';
import type { AgentMessage } from '../../guest/protocol.ts';
import type { Session } from '../session/session.ts';
import { inspectIommuGroups } from './unmeasured-steps.ts';

type Answer = readonly Pick<AgentMessage, 'kind' | 'fields'>[] | undefined;

/** A guest that answers with `done` unless told otherwise; `asked` is what it was asked, in order. */
function guest(answers: Readonly<Record<string, Answer>> = {}) {
  const asked: string[] = [];
  const ask: Session['ask'] = async (verb, fields = {}) => {
    const question = [verb, ...Object.values(fields)].join(' ');
    asked.push(question);
    const answer = question in answers ? answers[question] : [{ kind: 'done', fields: {} }];
    return answer?.map((message) => ({ sequence: 1, guestNs: 1, ...message }));
  };
  return { asked, session: { ask } as Session };
}

test('one device is claimed beside the others, then two at once; what the guest noted meanwhile is taken out', async () => {
  const { asked, session } = guest();
  expect(await inspectIommuGroups(session, ['a', 'b', 'c'])).toBeUndefined();
  expect(asked).toEqual(['inventory', 'claim a', 'claim a,b', 'journal yes']);
});

test('a single device has no second to be claimed with', async () => {
  const { asked, session } = guest();
  expect(await inspectIommuGroups(session, ['a'])).toBeUndefined();
  expect(asked).toEqual(['inventory', 'claim a', 'journal yes']);
});

test.each<[string, Answer, string]>([
  ['inventory', undefined, 'the guest did not list its PCI functions'],
  ['claim a', undefined, 'the guest did not answer while a was handed to userspace'],
  [
    'claim a,b',
    [{ kind: 'returned', fields: { place: 'b', driver: '-', reason: 'No such device' } }],
    'b did not get its kernel driver back: No such device',
  ],
])('%s goes wrong: the guest is not what it was, and nothing more is asked', async (question, answer, changed) => {
  const { asked, session } = guest({ [question]: answer });
  expect(await inspectIommuGroups(session, ['a', 'b'])).toBe(changed);
  expect(asked.at(-1)).toBe(question);
});

test('a claim that the kernel refuses leaves the guest as it was', async () => {
  const refused = [{ kind: 'claim', fields: { place: 'a', outcome: 'not-viable' } }];
  const { session } = guest({ 'claim a': [...refused, { kind: 'returned', fields: { place: 'a', driver: 'nvme' } }] });
  expect(await inspectIommuGroups(session, ['a', 'b'])).toBeUndefined();
});
