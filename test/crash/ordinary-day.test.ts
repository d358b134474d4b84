import { describeCrashes } from './describe-crashes.ts';
import { ordinaryDay } from './scenarios.ts';

describeCrashes(ordinaryDay);
