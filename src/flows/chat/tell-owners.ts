import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import { type OwePorts, oweMessage } from './owe.ts';

export interface TellPorts extends OwePorts {
  /** Accounts of the owners, and the team each is in. */
  owners(): Promise<{ account: string; team: string }[]>;
  /** Where everyone who runs this looks when nothing else works. */
  lastResort: Place;
}

/** To each owner directly, and where the console shows it. `except` names the platform that cannot be reached. */
export async function tellOwners(ports: TellPorts, message: Message, except?: string): Promise<void> {
  await oweMessage(ports, ports.lastResort, message);
  for (const { account, team } of await ports.owners()) {
    const platform = account.split(':')[0] ?? '';
    if (platform === except || platform === ports.lastResort.platform) continue;
    await oweMessage(ports, { platform, team, channel: '', person: account }, message);
  }
}
