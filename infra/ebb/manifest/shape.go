package manifest

// Manifest is an app manifest in Slack's words, schema version 1 (docs.slack.dev,
// "App manifest reference").
type Manifest struct {
	Metadata Metadata `json:"_metadata"`
	Display  Display  `json:"display_information"`
	Features Features `json:"features"`
	OAuth    OAuth    `json:"oauth_config"`
	Settings Settings `json:"settings"`
}

// Metadata says by which rules the manifest is read.
type Metadata struct {
	Major int `json:"major_version"`
}

// Display is what people see of the app.
type Display struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Long        string `json:"long_description"`
	Color       string `json:"background_color"`
}

// Features are what people do with it.
type Features struct {
	Home      Home       `json:"app_home"`
	Bot       Bot        `json:"bot_user"`
	Commands  []Command  `json:"slash_commands"`
	Shortcuts []Shortcut `json:"shortcuts"`
}

// Home is the app's home.
type Home struct {
	Tab      bool `json:"home_tab_enabled"`
	Messages bool `json:"messages_tab_enabled"`
	ReadOnly bool `json:"messages_tab_read_only_enabled"`
}

// Bot is the app's user.
type Bot struct {
	Name   string `json:"display_name"`
	Online bool   `json:"always_online"`
}

// Command is a slash command.
type Command struct {
	Name        string `json:"command"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description"`
	Hint        string `json:"usage_hint"`
	Escape      bool   `json:"should_escape"`
}

// Shortcut is an entry of Slack's menu of shortcuts.
type Shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

// OAuth is how the app is installed.
type OAuth struct {
	Redirects []string `json:"redirect_urls"`
	Scopes    Scopes   `json:"scopes"`
}

// Scopes that may be asked for; optional ones stand in both lists.
type Scopes struct {
	Bot          []string `json:"bot"`
	User         []string `json:"user,omitempty"`
	UserOptional []string `json:"user_optional,omitempty"`
}

// Settings are where Slack reaches the app, and how.
type Settings struct {
	Events      Subscriptions `json:"event_subscriptions"`
	Interaction Interaction   `json:"interactivity"`
	OrgDeploy   bool          `json:"org_deploy_enabled"`
	Socket      bool          `json:"socket_mode_enabled"`
	Rotation    bool          `json:"token_rotation_enabled"`
}

// Subscriptions are the events that the app hears.
type Subscriptions struct {
	URL string   `json:"request_url,omitempty"`
	Bot []string `json:"bot_events"`
}

// Interaction is where buttons, modals and menus go.
type Interaction struct {
	On      bool   `json:"is_enabled"`
	URL     string `json:"request_url,omitempty"`
	Options string `json:"message_menu_options_url,omitempty"`
}
