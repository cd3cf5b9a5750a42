import type { Queue, Worker } from 'bullmq';

/** One of our jobs: its name says what to do, and it carries nothing else. */
export interface Waking {
  name: string;
  /** From here on the next wake of this kind is a job of its own. */
  removeDeduplicationKey(): Promise<boolean>;
}

/** BullMQ on one of its stores. */
export interface BullConnection {
  /** For people, without secrets: "Redis at cache:6379". */
  name: string;
  /** Throws when the store must not be used. A store that does not answer is only reported: work goes on without it. */
  prepare(warn: (problem: string) => void): Promise<void>;
  /** False: asking is in vain just now. */
  isUp(): boolean;
  /** May be called again when the queue is beyond repair, after the one before was closed. Without work there is no worker. */
  open(options: { work?: (job: Waking) => Promise<void>; concurrency: number }): { queue: Queue; worker?: Worker };
  /** Ends every connection of ours, answered or not. */
  close(): Promise<void>;
}

/** 15 s of lock, looked at every 10 s. How often work is tried is written in the owed row, so nothing here counts attempts. */
export const workerOptions = {
  lockDuration: 15_000,
  stalledInterval: 10_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
};

/** Finished jobs say nothing that the owed rows do not: a few are kept for whoever looks into the queue. */
export const queueOptions = {
  defaultJobOptions: {
    attempts: 1,
    removeOnComplete: { age: 3_600, count: 100 },
    removeOnFail: { age: 24 * 3_600, count: 100 },
  },
  streams: { events: { maxLen: 100 } },
};
