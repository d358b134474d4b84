import { describeCrashes } from './describe-crashes.ts';
import { onlyReported } from './scenarios.ts';

describeCrashes(onlyReported);
