import { onEachBackend } from '../support/backends.ts';
import { chatStoreContract } from './chat-store.contract.ts';

await onEachBackend(chatStoreContract);
