package slackexport

import (
	"cmp"
	"path/filepath"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/report"
)

// Read reads an export, a zip or a folder. read is the time that the report gives.
func Read(path string, read time.Time) (report.Picture, error) {
	a, err := open(path)
	if err != nil {
		return report.Picture{}, err
	}
	defer func() { _ = a.close() }()
	return a.picture(filepath.Base(filepath.Clean(path)), read)
}

func (a *archive) picture(name string, read time.Time) (report.Picture, error) {
	p := report.Picture{Source: report.Source{Origin: report.Export, Name: name, Read: read, Spaces: 1}}
	b := &reading{archive: a, into: &p, ids: map[string]string{}}
	people := "users.json"
	if _, ok := a.lists[people]; !ok {
		people = "org_users.json"
	}
	if dated := a.lists[people].dated; dated.Year() > 2000 {
		p.Source.Dated = dated.UTC()
	}
	for _, step := range []func() error{
		func() error { return b.users(people) },
		func() error { return b.channels("channels.json", false) },
		func() error { return b.channels("groups.json", true) },
		func() error { return b.directs("dms.json") },
		func() error { return b.directs("mpims.json") },
		func() error { return b.apps("integration_logs.json") },
	} {
		if err := step(); err != nil {
			return report.Picture{}, err
		}
	}
	b.gaps()
	return p, nil
}

// reading fills a picture.
type reading struct {
	*archive
	into      *report.Picture
	ids       map[string]string // where an id was met
	shared    bool              // a channel says whether it is shared
	strangers bool
	emails    bool
	factors   bool
}

// meet refuses an entry without an id, and one that is there twice.
func (b *reading) meet(file string, entry int, id string) error {
	if id == "" {
		return wrong("%s in the export, entry %d, has no id: %s", file, entry, again)
	}
	if other, twice := b.ids[id]; twice {
		return wrong("%s in the export, entry %d, repeats %s of %s: %s", file, entry, id, other, again)
	}
	b.ids[id] = file
	return nil
}

// directs counts conversations between people; who speaks with whom is not kept.
func (b *reading) directs(file string) error {
	if _, ok := b.lists[file]; ok {
		b.into.Source.Whole = true
	}
	return each(b.archive, file, func(struct{}) error {
		b.into.Directs++
		return nil
	})
}

// gaps are what an export does not show, or this one.
func (b *reading) gaps() {
	p := b.into
	has := func(file string) bool { _, ok := b.lists[file]; return ok }
	p.Gap(report.Activity, "an export does not say who signed in when. With an admin's user token of a paid plan, Slack's access logs do.")
	p.Gap(report.Groups, "an export holds no user groups. With a token that has the scope usergroups:read they are shown: ebb report --token-file FILE")
	if !b.strangers {
		p.Gap(report.Strangers, "this export's list of people has none of other organizations. Whoever is in a channel and not in that list is counted there, under From outside.")
	}
	if !b.shared {
		p.Gap(report.Shared, "this export does not say which channels are shared. With a token that has the scopes channels:read and groups:read they are shown.")
	}
	if !b.emails {
		p.Gap(report.Emails, "this export holds none.")
	}
	if !b.factors {
		p.Gap(report.Factors, "this export does not say who has a second factor.")
	}
	if !has("groups.json") {
		p.Gap(report.Private, "an export of public channels does not hold them. An export of all conversations does (Business+ and Enterprise), and a token with the scope groups:read shows those that its owner is in.")
	}
	if !has("integration_logs.json") {
		p.Gap(report.Apps, "this export has no integration_logs.json.")
	}
	if len(b.days) == 0 {
		p.Gap(report.Days, "this export has no folder of a channel.")
	}
}

// lastDay is the newest day in the folder of a channel, which bears its name or its id.
func (b *reading) lastDay(name, id string) string {
	return cmp.Or(b.days[name], b.days[id], b.days[strings.ToLower(name)])
}
