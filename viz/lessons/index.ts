// All lessons, in the order in which they build on each other.
import { deafLeaderLesson } from './deaf-leader.ts';
import { electionLesson } from './election.ts';
import { figure8Lesson } from './figure-8.ts';
import { leaseAndClocksLesson } from './lease-and-clocks.ts';
import { logRepairLesson } from './log-repair.ts';
import { lostFsyncLesson } from './lost-fsync.ts';
import { minorityLeaderLesson } from './minority-leader.ts';
import { rejoinStormLesson } from './rejoin-storm.ts';
import { retryLesson } from './retry.ts';
import { splitVoteLesson } from './split-vote.ts';
import { staleReadLesson } from './stale-read.ts';
import { timeoutLesson } from './timeout.ts';
import type { Lesson } from './format.ts';

export const lessons: readonly Lesson[] = [
  electionLesson,
  splitVoteLesson,
  minorityLeaderLesson,
  figure8Lesson,
  logRepairLesson,
  staleReadLesson,
  leaseAndClocksLesson,
  rejoinStormLesson,
  deafLeaderLesson,
  lostFsyncLesson,
  retryLesson,
  timeoutLesson,
];
