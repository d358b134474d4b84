import { describeCrashes } from './describe-crashes.ts';
import { stoppedDay } from './scenarios.ts';

describeCrashes(stoppedDay);
