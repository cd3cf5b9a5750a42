import { channelJson, guildJson, memberJson, roleJson, userJson } from '../payloads.ts';
import { refuse } from '../refusal.ts';
import { findUser, type World } from '../world.ts';
import { joinedGuild, ok, type Route, visibleChannel } from './call.ts';

const application = (world: World) => {
  const bot = findUser(world, world.botId);
  return {
    id: world.applicationId,
    name: bot.name,
    icon: null,
    description: '',
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: world.publicKey,
    flags: 0,
    summary: '',
    team: null,
    owner: userJson(bot),
    bot: userJson(bot),
    install_params: { scopes: ['bot', 'applications.commands'], permissions: '309237763072' },
  };
};

export const readRoutes = (starts: (world: World) => { url: string; remaining: number }): Route[] => [
  {
    method: 'GET',
    pattern: '/gateway/bot',
    run: ({ world }) => {
      const { url, remaining } = starts(world);
      const limit = { total: 1000, remaining, reset_after: 14_400_000, max_concurrency: 1 };
      return ok({ url, shards: 1, session_start_limit: limit });
    },
  },
  { method: 'GET', pattern: '/gateway', open: true, run: ({ world }) => ok({ url: starts(world).url }) },
  { method: 'GET', pattern: '/users/@me', run: ({ world }) => ok({ ...userJson(findUser(world, world.botId)), verified: true }) },
  {
    method: 'GET',
    pattern: '/users/@me/guilds',
    run: ({ world }) =>
      ok(
        [...world.guilds.values()]
          .filter((guild) => guild.joined)
          .map(({ id, name }) => ({ id, name, icon: null, features: [] })),
      ),
  },
  {
    method: 'GET',
    pattern: '/users/:id',
    run: ({ world, params }) => ok(userJson(world.users.get(params[0] ?? '') ?? refuse(10013))),
  },
  { method: 'GET', pattern: '/applications/@me', run: ({ world }) => ok(application(world)) },
  { method: 'GET', pattern: '/oauth2/applications/@me', run: ({ world }) => ok(application(world)) },
  { method: 'GET', pattern: '/guilds/:id', run: ({ world, params }) => ok(guildJson(world, joinedGuild(world, params[0]))) },
  {
    method: 'GET',
    pattern: '/guilds/:id/channels',
    run: ({ world, params }) => ok(guildJson(world, joinedGuild(world, params[0])).channels),
  },
  {
    method: 'GET',
    pattern: '/guilds/:id/threads/active',
    run: ({ world, params }) => ok({ threads: guildJson(world, joinedGuild(world, params[0])).threads, members: [] }),
  },
  {
    method: 'GET',
    pattern: '/guilds/:id/roles',
    run: ({ world, params }) => ok([...joinedGuild(world, params[0]).roles.values()].map(roleJson)),
  },
  {
    method: 'GET',
    pattern: '/guilds/:id/members/:id',
    run: ({ world, params }) =>
      ok(memberJson(world, joinedGuild(world, params[0]).members.get(params[1] ?? '') ?? refuse(10007))),
  },
  {
    method: 'GET',
    pattern: '/channels/:id',
    run: ({ world, params }) => ok(channelJson(world, visibleChannel(world, params[0]))),
  },
];
