/**
 * Named durable steps. Production passes `noSteps`; the crash suite passes one that throws at a chosen point, so that
 * every scenario is rerun with a kill before and after each commit.
 */
export interface Steps {
  /** Called at a durable step, such as `store:page:before-commit`; may throw to simulate a crash there. */
  reached(point: string): void;
}

export const noSteps: Steps = { reached: () => undefined };
