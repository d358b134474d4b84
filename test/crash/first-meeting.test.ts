import { describeCrashes } from './describe-crashes.ts';
import { firstMeeting } from './scenarios.ts';

describeCrashes(firstMeeting);
