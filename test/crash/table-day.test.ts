import { describeCrashes } from './describe-crashes.ts';
import { tableDay } from './scenarios.ts';

describeCrashes(tableDay);
