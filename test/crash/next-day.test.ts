import { describeCrashes } from './describe-crashes.ts';
import { nextDay } from './scenarios.ts';

describeCrashes(nextDay);
