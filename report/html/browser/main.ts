import type { PageData } from '../page-data.ts';
import { makeChartsLive } from './charts.ts';
import { makeTablesSortable } from './sort.ts';
import { openWhatIsLinked } from './targets.ts';

/** The page is whole without this script, which adds what moves. */
const data: PageData = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
document.documentElement.classList.add('js');
makeTablesSortable();
openWhatIsLinked();
makeChartsLive(data);
