package slacktest

import "strings"

// endpoint is a simulated method.
type endpoint struct {
	run     func(*request) (reply, error)
	write   bool // changes Slack: the gate is asked first
	noToken bool // authenticates otherwise
}

// admit goes through everything that Slack checks before a method looks at its
// own rules: token, rate limit, kind of token, scope, required arguments. The
// request is returned with a refusal too, once the token is known.
func (o *Org) admit(in incoming) (*request, error) {
	req := &request{org: o, name: in.name, spec: in.spec, args: in.args, at: o.now(), base: in.base, bearer: in.bearer}
	if endpoints[in.name].noToken {
		if in.basic {
			req.args.Set("client_id", in.client[0])
			req.args.Set("client_secret", in.client[1])
		}
		if in.err != nil {
			return req, in.err
		}
		return req, o.withinTier(req, "app")
	}
	if err := o.authenticate(req, in.bearer); err != nil {
		return nil, err
	}
	if err := o.withinTier(req, req.tok.where); err != nil {
		return req, err
	}
	if err := req.allowedByToken(); err != nil {
		return req, err
	}
	if in.err != nil {
		return req, in.err
	}
	return req, req.required()
}

func (o *Org) authenticate(req *request, bearer string) error {
	if bearer == "" {
		return refuse("not_authed")
	}
	t := o.tokens[bearer]
	switch {
	case t == nil:
		return refuse("invalid_auth")
	case o.users[t.user].Deleted:
		return refuse("account_inactive")
	case t.revoked:
		return refuse("token_revoked")
	case !t.expires.IsZero() && !req.at.Before(t.expires):
		return refuse("token_expired")
	}
	req.tok, req.user = t, o.users[t.user]
	return nil
}

func (r *request) allowedByToken() error {
	if len(r.spec.Scope) == 0 {
		return nil
	}
	accepted := r.spec.Scope[r.tok.kind()]
	if len(accepted) == 0 {
		return refuse("not_allowed_token_type")
	}
	if err := r.need(accepted...); err != nil {
		return err
	}
	if strings.HasPrefix(r.name, "admin.") {
		return r.adminAPI()
	}
	return nil
}

// adminAPI: admin.* works on an organization, with the app installed on the
// organization, for its admins and owners (every admin.* page).
func (r *request) adminAPI() error {
	switch {
	case r.org.enterprise == nil:
		return refuse("feature_not_enabled")
	case !r.orgWide():
		return refuse(firstDocumented(r.spec, "not_an_enterprise", "feature_not_enabled"))
	case !r.user.isOrgAdmin():
		return refuse(firstDocumented(r.spec, "not_an_admin", "invalid_actor", "invalid_auth"))
	}
	return nil
}

// required refuses missing arguments with the code that Slack has for it: the
// method's own where there is one, else missing_argument where the method lists
// it, else the general invalid_arguments.
func (r *request) required() error {
	for _, name := range sortedKeys(r.spec.Args) {
		if !r.spec.Args[name].Required || strings.TrimSpace(r.str(name)) != "" {
			continue
		}
		if own := missingCodes[r.name+" "+name]; own != "" {
			return refuse(own)
		}
		if r.spec.documents("missing_argument") {
			return refuse("missing_argument")
		}
		return badArguments("missing required field: " + name)
	}
	return nil
}

var missingCodes = map[string]string{
	"usergroups.users.update users": "no_users_provided",
	"conversations.invite users":    "no_user",
	"chat.postMessage channel":      "channel_not_found",
	"conversations.info channel":    "channel_not_found",
	"conversations.members channel": "channel_not_found",
	"conversations.invite channel":  "channel_not_found",
	"conversations.kick channel":    "channel_not_found",
	"conversations.join channel":    "channel_not_found",
	"conversations.leave channel":   "channel_not_found",
	"users.info user":               "user_not_found",
	"users.lookupByEmail email":     "users_not_found",
}
