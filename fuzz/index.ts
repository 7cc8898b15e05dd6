// Campaigns over seeds. The vitest integration is apart, in `vitest.ts`, because it needs vitest.
export { campaign, type Campaign, type CampaignOptions, type Cause, type SeedFailure } from './campaign.ts';
