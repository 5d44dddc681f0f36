import { makeChartsLive } from './charts.ts';
import { readPageData } from './page-data.ts';
import { makeTablesSortable } from './sort.ts';
import { openWhatIsLinked } from './targets.ts';

/** The page is whole without this script, which adds what moves. */
document.documentElement.classList.add('js');
makeTablesSortable();
openWhatIsLinked();
void readPageData().then(makeChartsLive);
