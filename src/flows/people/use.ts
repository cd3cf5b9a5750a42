import type { OwePorts } from '../chat/owe.ts';
import type { Use } from '../index.ts';
import { type StatusPorts, status } from '../status.ts';
import { connectChannel } from './connect-channel.ts';
import { type LoginPorts, loginLink } from './login.ts';
import { becomeOwner, type OwnerPorts } from './owner.ts';
import { giveRole, listRoles, separateAccount, takeRole } from './roles.ts';

/** What `/warden` may start, given its ports. */
export const wardenUse = (
  ports: LoginPorts & OwnerPorts & StatusPorts & OwePorts,
): Pick<
  Use,
  'status' | 'connectChannel' | 'loginLink' | 'becomeOwner' | 'listRoles' | 'giveRole' | 'takeRole' | 'separateAccount'
> => ({
  status: (actor) => status(ports, actor),
  connectChannel: (actor, place, workspace) => connectChannel(ports, actor, place, workspace),
  loginLink: (actor) => loginLink(ports, actor),
  becomeOwner: (actor, code) => becomeOwner(ports, actor, code),
  listRoles: (actor) => listRoles(ports, actor),
  giveRole: (actor, wish) => giveRole(ports, actor, wish),
  takeRole: (actor, wish) => takeRole(ports, actor, wish),
  separateAccount: (actor, who) => separateAccount(ports, actor, who),
});
