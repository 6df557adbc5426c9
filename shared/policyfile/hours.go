package policyfile

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// zoneLines has a line for each rule of offsets, as POSIX writes it in TZ, with
// the zones that it holds in now. From the tz database, which is in the public
// domain. A Lambda's system has no database of zones, so it is carried here.
//
//go:embed zones.txt
var zoneLines string

// zones are the rules by the zone's name.
var zones = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(zoneLines) {
		words := strings.Fields(line)
		for _, name := range words[1:] {
			out[name] = words[0]
		}
	}
	return out
})

// shortestDay is the shortest working day that is read.
const shortestDay = time.Hour

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// organization reads the zone and the working hours of the organization.
func (r *reader) organization(n *yaml.Node, path string) access.Hours {
	var h access.Hours
	r.object(n, path, map[string]field{
		"zone":  {true, func(n *yaml.Node, p string) { h.Zone, h.Offsets = r.zone(n, p) }},
		"hours": {false, func(n *yaml.Node, p string) { h.From, h.To = r.hours(n, p) }},
		"days":  {false, func(n *yaml.Node, p string) { h.Days = r.days(n, p) }},
	})
	if n.Kind != yaml.MappingNode {
		return h
	}
	hours, days := value(n, "hours"), value(n, "days")
	switch {
	case days != n && hours == n:
		r.at(days, join(path, "days"), `says nothing without hours; add hours: "09:00-17:00"`)
	case hours != n && days == n:
		h.Days = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	return h
}

func (r *reader) zone(n *yaml.Node, path string) (name, offsets string) {
	s, ok := r.text(n, path)
	if !ok {
		return "", ""
	}
	if offsets = zones()[s]; offsets != "" {
		return s, offsets
	}
	hint := ""
	for known := range zones() {
		_, city, _ := strings.Cut(known, "/")
		if strings.EqualFold(known, s) || strings.EqualFold(city, s) {
			hint = "; did you mean " + known + "?"
		}
	}
	r.at(n, path, "%q is no time zone that is known here; write one such as Europe/Berlin%s", clip(s), hint)
	return "", ""
}

// hours reads "09:00-17:30".
func (r *reader) hours(n *yaml.Node, path string) (from, to time.Duration) {
	s, ok := r.text(n, path)
	if !ok {
		return 0, 0
	}
	begin, end, ok := strings.Cut(s, "-")
	from, okFrom := clockTime(strings.TrimSpace(begin))
	to, okTo := clockTime(strings.TrimSpace(end))
	switch {
	case !ok || !okFrom || !okTo:
		r.at(n, path, `has to be two times of the clock such as "09:00-17:30"; found %q`, clip(s))
	case to < from+shortestDay:
		r.at(n, path, "%q is less than an hour, or ends before it begins", clip(s))
	default:
		return from, to
	}
	return 0, 0
}

func clockTime(s string) (time.Duration, bool) {
	if s == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

// days reads a list of days; "mon..fri" is all of them from the one to the other.
func (r *reader) days(n *yaml.Node, path string) []time.Weekday {
	var out []time.Weekday
	words := r.list(n, path)
	if n.Kind == yaml.SequenceNode && len(words) == 0 {
		r.at(n, path, "is empty; leave the field out, or name days")
	}
	for i, item := range words {
		at := fmt.Sprintf("%s[%d]", path, i)
		s, ok := r.text(item, at)
		if !ok {
			continue
		}
		first, last, span := strings.Cut(s, "..")
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if !span {
			to = from
		}
		if from < 0 || to < 0 {
			r.at(item, at, "%q is no day; write mon, tue, wed, thu, fri, sat or sun, or mon..fri", clip(s))
			continue
		}
		for d := from; ; d = (d + 1) % len(weekdays) {
			if !slices.Contains(out, time.Weekday(d)) {
				out = append(out, time.Weekday(d))
			}
			if d == to {
				break
			}
		}
	}
	return out
}
