# A session with the command line: PARLEY_URL and PARLEY_API_KEY are set, BOT is the id of a bot.
parley whoami
parley channels list

# Talk to the bot of the web channel.
echo 'When are you open?' | parley chat --as u_43

# Keep a bot as files: get it, change its name, see what would change, publish it.
parley bots pull "$BOT" my-bot
sed -i.old 's/"Ada"/"Grace"/' my-bot/bot.json
parley bots diff "$BOT" my-bot || echo "ends with $?: there is a difference"
parley bots push "$BOT" my-bot --publish --note 'a new name'

# A key for a program, for as long as it is needed.
KEY=$(parley keys create ci --scopes channels:read --json)
ID=$(echo "$KEY" | sed -n 's/.*"id": "\(key_[^"]*\)".*/\1/p')
parley keys revoke "$ID"

# What was given up, and a copy of everything.
parley dead-letters list
parley export all.tar.gz
