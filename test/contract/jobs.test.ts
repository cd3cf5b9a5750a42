import { onEachBackend } from '../support/backends.ts';
import { jobsContract } from './jobs.contract.ts';

await onEachBackend(jobsContract);
