import type { Json } from '../json.ts';
import type { World } from '../world.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import type { Method } from './method.ts';
import { people } from './people.ts';
import { views } from './views.ts';

function authTest(world: World): Json {
  return {
    ok: true,
    url: `https://${world.team.domain}.slack.com/`,
    team: world.team.name,
    user: world.app.botName,
    team_id: world.team.id,
    user_id: world.app.botUserId,
    bot_id: world.app.botId,
    is_enterprise_install: false,
    ...(world.team.enterpriseId ? { enterprise_id: world.team.enterpriseId } : {}),
  };
}

export const methods: Record<string, Method> = {
  'api.test': { tier: 4, run: () => ({ ok: true }) },
  'auth.test': { tier: 4, run: authTest },
  'apps.connections.open': { tier: 1, appToken: true, run: (world) => ({ ok: true, url: world.openSocket() }) },
  ...chat,
  ...conversations,
  ...files,
  ...people,
  ...views,
};
