package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// span is a time as people write it: 90s, 30m, 2h, 1d12h, 1w.
type span time.Duration

// UnmarshalText reads whole seconds, so that nothing is cut off on the way.
func (s *span) UnmarshalText(text []byte) error {
	d, err := parseSpan(string(text))
	*s = span(d)
	return err
}

func (s span) seconds() int64 { return int64(time.Duration(s) / time.Second) }

// longest is what the API takes at most.
const longest = 360 * 24 * time.Hour

func parseSpan(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no time; write it like 30m, 2h, 1d12h or 1w", text)
	var total time.Duration
	rest := text
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		before, after, ok := strings.Cut(rest, unit.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(before, 10, 16)
		if err != nil {
			return 0, bad
		}
		total, rest = total+time.Duration(n)*unit.length, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return 0, bad
		}
		total += d
	}
	if total > longest {
		return 0, fmt.Errorf("%q is longer than 360 days, the longest grant", text)
	}
	if total < time.Second || total%time.Second != 0 {
		return 0, bad
	}
	return total, nil
}

// moment reads a start: RFC 3339, "2026-11-24 09:00" or "09:00" (the next one)
// in this machine's time, or "+2h".
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if after, ok := strings.CutPrefix(text, "+"); ok {
		d, err := parseSpan(after)
		return now.Add(d), err
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04", text, now.Location()); err == nil {
		return t, nil
	}
	if t, err := time.Parse("15:04", text); err == nil {
		at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location())
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		return at, nil
	}
	return time.Time{}, fmt.Errorf("--start: %q is no time; write 09:00, \"2026-11-24 09:00\", +2h, or RFC 3339", text)
}

// spell is a length without empty units: 10m, 1h 30m.
func spell(d time.Duration) string {
	out := ""
	for _, part := range strings.Fields(left(d)) {
		if part[0] != '0' {
			out += " " + part
		}
	}
	return strings.TrimSpace(out)
}

// ident is an id that a person writes.
type ident string

// UnmarshalText refuses what is no id, before a path is made of it.
func (i *ident) UnmarshalText(text []byte) error {
	if *i = ident(strings.TrimSpace(string(text))); *i == "" || strings.ContainsAny(string(*i), "/?# ") {
		return fmt.Errorf("%q is no id; ebb requests and ebb grants list them", text)
	}
	return nil
}

// left spells what is left until a time, in its two largest units.
func left(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd %dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
