/** What the bot may do: asked for at installation, and compared by the check. */
export const botScopes = [
  'app_mentions:read',
  'channels:history',
  'channels:read',
  'chat:write',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'reactions:read',
] as const;

/** Without these a channel cannot do its work; the others are for extras. */
export const neededScopes = ['chat:write'] as const;

const botEvents = [
  'app_mention',
  'app_uninstalled',
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'reaction_added',
  'reaction_removed',
  'tokens_revoked',
] as const;

/**
 * The description from which Slack makes an app that fits a channel.
 *
 * @param hookUrl      the channel's webhook address; null for Socket Mode
 * @param redirectUrl  where the installation by link comes back to, when there is one
 * @see https://docs.slack.dev/reference/app-manifest
 */
export function appManifest(hookUrl: string | null, redirectUrl?: string) {
  const url = hookUrl === null ? {} : { url: hookUrl };
  const requestUrl = hookUrl === null ? {} : { request_url: hookUrl };
  return {
    display_information: { name: 'Parley' },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: 'Parley', always_online: true },
      slash_commands: [
        {
          command: '/parley',
          description: 'Ask the bot',
          usage_hint: 'your question',
          should_escape: true,
          ...url,
        },
      ],
    },
    oauth_config: {
      ...(redirectUrl !== undefined && { redirect_urls: [redirectUrl] }),
      scopes: { bot: [...botScopes] },
    },
    settings: {
      event_subscriptions: { bot_events: [...botEvents], ...requestUrl },
      interactivity: { is_enabled: true, ...requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: hookUrl === null,
      token_rotation_enabled: false,
    },
  };
}

/**
 * A link to Slack's page for new apps with the description filled in.
 *
 * @see https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests
 */
export function manifestLink(hookUrl: string | null, redirectUrl?: string): string {
  const json = JSON.stringify(appManifest(hookUrl, redirectUrl));
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(json)}`;
}
