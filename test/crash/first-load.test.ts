import { describeCrashes } from './describe-crashes.ts';
import { firstLoad } from './scenarios.ts';

describeCrashes(firstLoad);
