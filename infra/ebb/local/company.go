package local

import (
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Persona is somebody of the simulated company whom the README speaks of; the
// house makes each a key, so that "ebb --as ada ..." works.
type Persona struct{ Name, RealName, Part string }

// Personas of the simulated company.
var Personas = []Persona{
	{"ada", "Ada Moreau", "asks for access"},
	{"lin", "Lin Okafor", "leads, and approves"},
	{"sam", "Sam Ferreira", "is on call, standing"},
}

// furnish adds the people, groups and channels that the README speaks of to
// the generated company.
func furnish(o *slacktest.Org) {
	team := o.TeamIDs()[0]
	id := map[string]string{}
	for _, p := range Personas {
		id[p.Name] = o.AddUser(slacktest.User{Name: p.Name, RealName: p.RealName, Email: p.Name + "@umbra-hq.example", Has2FA: true})
	}
	kit := o.AddUser(slacktest.User{Name: "kit", RealName: "Kit Solberg", Email: "kit@umbra-hq.example"})
	o.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{id["sam"], kit}})
	o.AddGroup(slacktest.Group{Handle: "sre-leads", Name: "SRE leads", Members: []string{id["lin"]}})
	o.AddChannel(slacktest.Channel{Name: "incident-room", Private: true, Members: []string{id["sam"], id["lin"], o.BotUser(team)}})
}
