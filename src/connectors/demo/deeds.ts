import type { AuditActor, Json } from '../../core/audit/event.ts';
import { MINUTE } from '../../core/delivery/time.ts';
import { accessTokens, type Draw, hex, pick, team } from './people.ts';

/** One entry of the trail, less what follows from it. */
export interface Deed {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
  actor: AuditActor;
  /** In the provider's words: the canonical action and kind come from it. */
  type: string;
  resource: { id: string; name: string };
  before?: Json;
  after?: Json;
  context?: Json;
}

/** When it happens, under which id, and what chance says about it. */
export interface Occasion {
  at: number;
  id: string;
  /** Numbered from 1970: neighbours take different things, so that none is switched off twice. */
  slot: number;
  draw: Draw;
}

interface Switch {
  /** The provider's word for its kind. */
  word: string;
  id: string;
  name: string;
  /** Beside `enabled`. */
  config: { [key: string]: Json };
}

/** What is switched off and on for a while: nothing that the numbers of the shop depend on. */
const switches: readonly Switch[] = [
  { word: 'Integration', id: 'dst_mixstg_1aHw', name: 'Mixpanel (staging)', config: { region: 'EU' } },
  {
    word: 'Mapping',
    id: 'map_brzstg_4Ure',
    name: 'Track Event (staging)',
    config: { trigger: 'event = "Application Opened"' },
  },
  {
    word: 'Destination Filter',
    id: 'flt_internal_8Kd',
    name: 'Drop internal traffic',
    config: { if: 'context.ip in "198.51.100.0/24"' },
  },
  { word: 'Source', id: 'src_webstg5Tn', name: 'Web shop (staging)', config: { language: 'JavaScript' } },
  {
    word: 'Integration',
    id: 'dst_brzstg_7Lqp',
    name: 'Braze (staging)',
    config: { endpoint: 'https://rest.fra-01.braze.example' },
  },
  { word: 'Mapping', id: 'map_mixstg_2Ioz', name: 'Page Viewed (staging)', config: { trigger: 'type = "page"' } },
  {
    word: 'Integration',
    id: 'dst_whstg_9Cfx',
    name: 'Webhooks (staging)',
    config: { url: 'https://staging.fulfilment.shop.example/events' },
  },
  { word: 'Source', id: 'src_iosbeta3Je', name: 'iOS app (beta)', config: { language: 'Swift' } },
  { word: 'Mapping', id: 'map_cardtest_6Vg', name: 'Order Refunded (test)', config: { trigger: 'event = "Order Refunded"' } },
  { word: 'Destination Filter', id: 'flt_signedin_5Mb', name: 'Only signed-in (staging)', config: { if: 'userId != null' } },
  { word: 'Integration', id: 'dst_hubbox_0Dsy', name: 'HubSpot sandbox', config: { portal: '48211' } },
];

/** Switched off, and on again before the slots come round to it. */
const SHORTEST_OFF = 8;
export const LONGEST_OFF = 110;

const people = Object.values(team);

function switched({ at, id, slot, draw }: Occasion): Deed[] {
  const { word, config, ...resource } = switches[slot % switches.length] as Switch;
  const actor = draw('by token') < 0.25 ? accessTokens.release : pick(draw, 'who', people);
  const [on, off] = [true, false].map((enabled) => ({ ...config, enabled }));
  const minutes = SHORTEST_OFF + (LONGEST_OFF - SHORTEST_OFF) * draw('off for');
  const again = at + Math.round(minutes * 60) * 1_000;
  const why = pick(draw, 'why', ['Trying the new release', 'Too much noise while testing', 'Moving it to the new project']);
  return [
    { at, id: `${id}-off`, actor, type: `${word} Disabled`, resource, before: on, after: off, context: { note: why } },
    { at: again, id: `${id}-on`, actor, type: `${word} Enabled`, resource, before: off, after: on },
  ];
}

function loggedIn({ at, id, draw }: Occasion): Deed[] {
  const actor = pick(draw, 'who', people);
  const { id: user, name } = actor;
  const context = { method: pick(draw, 'method', ['SSO', 'SSO', 'password']), ip: `203.0.113.${Math.ceil(200 * draw('ip'))}` };
  return [{ at, id, actor, type: 'User Logged In', resource: { id: user, name }, context }];
}

const guests = ['alba', 'bruno', 'carla', 'deniz', 'emil', 'farah', 'goran', 'hanna'];

function invited({ at, id, draw }: Occasion): Deed[] {
  const guest = pick(draw, 'guest', guests);
  const role = pick(draw, 'role', ['Source Read-only', 'Minimal Workspace Access', 'Workspace Owner']);
  const email = `${guest}@agency.example`;
  const resource = { id: `inv_${hex(draw, 'invite', 8)}`, name: email };
  const actor = pick(draw, 'who', [team.dana, team.kim]);
  const user = {
    id: `usr_${guest}${hex(draw, 'user', 4)}`,
    type: 'user',
    name: `${guest[0]?.toUpperCase()}${guest.slice(1)}`,
    email,
  };
  return [
    { at, id: `${id}-sent`, actor, type: 'User Invite Sent', resource, after: { email, role } },
    { at: at + 20 * MINUTE, id: `${id}-accepted`, actor: user, type: 'User Invite Accepted', resource },
  ];
}

function released({ at, id, draw }: Occasion): Deed[] {
  const [fn, name] = pick(draw, 'function', [
    ['fn_enrich3Kp', 'Enrich orders'],
    ['fn_refund8Wd', 'Refunds to CRM'],
  ] as const);
  const after = { commit: hex(draw, 'commit', 7), runtime: 'nodejs22' };
  return [{ at, id, actor: accessTokens.release, type: 'Destination Function Modified', resource: { id: fn, name }, after }];
}

function audienceChanged({ at, id, draw }: Occasion): Deed[] {
  const days = Math.ceil(10 + 50 * draw('days'));
  const resource = { id: 'aud_cart', name: 'Cart abandoners' };
  const context = { note: pick(draw, 'note', ['Wording only', 'Description', 'Folder']), preview: `${days} days` };
  return [{ at, id, actor: pick(draw, 'who', [team.ines, team.kim]), type: 'Audience Modified', resource, context }];
}

/** What somebody may do at any hour, as often as it stands here. */
const usual = [switched, switched, switched, loggedIn, loggedIn, loggedIn, invited, released, audienceChanged];

export const usualDeeds = (occasion: Occasion): Deed[] => pick(occasion.draw, 'deed', usual)(occasion);
