import { join, relative } from 'node:path';
import type { KvmAnswer } from '../commands/try-kvm.ts';
import { projectRoot } from '../project-root.ts';

const WITH_KVM = 'topologies.yaml';
/** The seconds of a host without KVM swing too far to be compared from night to night. */
const WITHOUT_KVM = 'virtual.yaml';

/** What is measured when nothing is named. */
export interface Suite {
  readonly scenarios: readonly string[];
  /** What tells its baseline from that of the other suite: KVM may work in one night and not in the next. */
  readonly baselineSuffix: string;
  /** For the log: why this. */
  readonly why: string;
}

export function suiteFor({ works, why }: KvmAnswer): Suite {
  const name = works ? WITH_KVM : WITHOUT_KVM;
  const clock = works ? 'in real time' : 'in virtual time';
  return {
    scenarios: [relative(process.cwd(), join(projectRoot, 'scenarios', name))],
    baselineSuffix: works ? '' : '-virtual',
    why: `measuring scenarios/${name}, ${clock}: ${why}`,
  };
}
