import { describeCrashes } from './describe-crashes.ts';
import { spentQuota } from './scenarios.ts';

describeCrashes(spentQuota);
