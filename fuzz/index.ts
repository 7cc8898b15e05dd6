// Campaigns over seeds, and shrinking what they find. The vitest integration is apart, in `vitest.ts`, because it needs vitest.
export {
  campaign,
  startCampaign,
  type Campaign,
  type CampaignOptions,
  type Cause,
  type SeedFailure,
} from './campaign.ts';
export { caseOf, optionsOf, type Case } from './case.ts';
export { causeOf, causeOfFailure, firstOf } from './cause.ts';
export { coreEnding, coreProgress, withCore } from './core.ts';
export { corpusEntryOf, entryName, parseEntry, runEntry, type CorpusEntry, type EntryOutcome } from './corpus.ts';
export {
  drawCase,
  faultsArbitrary,
  networkArbitrary,
  parametersArbitrary,
  sharpFault,
  workloadArbitrary,
} from './drawing.ts';
export { assertHolds, judgeSeeds, type HoldFailure, type HoldOptions } from './hold.ts';
export { seedAt, type LostReason, type Plan, type SeedOutcome } from './outcome.ts';
export { SeedRunner, type Pace } from './seed-runner.ts';
export { quote } from './shell.ts';
export { shapeOfRun } from './shape.ts';
export { shrink, type Shrunk, type ShrinkOptions, type ShrinkProgress, type Size } from './shrink/index.ts';
export { githubError, githubReport, githubSummary } from './report/github.ts';
export { describeKept, keptFailuresOf, verdictOf, type KeptFailure } from './report/kept.ts';
export { junitReport } from './report/junit.ts';
export { mergeReports, parseReport, type CampaignReport } from './report/report.ts';
export { describeTrouble, troublesOf, type Trouble } from './report/trouble.ts';
export { sarifReport } from './report/sarif.ts';
export { tellStory } from './story.ts';
export type { Tally } from './tally.ts';
