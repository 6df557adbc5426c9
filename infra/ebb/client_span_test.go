package main

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	day := 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "30m": 30 * time.Minute, "2h": 2 * time.Hour, "1h30m": 90 * time.Minute,
		"1d": day, "1d12h": 36 * time.Hour, "1w": 7 * day, "1w2d": 9 * day,
		"": 0, "2": 0, "x": 0, "-1h": 0, "0s": 0, "500ms": 0, "1.5s": 0, "1d1w": 0, "d": 0, "99999999999d": 0, "1h-30m": 0,
	} {
		got, err := parseSpan(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %s %v, want %s", text, got, err, want)
		}
	}
}

func TestMoment(t *testing.T) {
	zone := time.FixedZone("east", 2*60*60)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	for text, want := range map[string]time.Time{
		"+2h":                  now.Add(2 * time.Hour),
		"11:30":                time.Date(2026, 11, 23, 11, 30, 0, 0, zone),
		"09:00":                time.Date(2026, 11, 24, 9, 0, 0, 0, zone), // the next one
		"2026-12-01 09:00":     time.Date(2026, 12, 1, 9, 0, 0, 0, zone),
		"2026-12-01T09:00:00Z": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC),
		"":                     {},
	} {
		got, err := moment(text, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("%q: %s %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"tomorrow", "+x", "25:00"} {
		if got, err := moment(text, now); err == nil {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m 1s", 2 * time.Hour: "2h 0m", 49 * time.Hour: "2d 1h",
	} {
		if got := left(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

// TestClean: a name from Slack does not steer the terminal.
func TestClean(t *testing.T) {
	if got := clean("a\x1b[2Jb\u202ec\nd"); got != "a [2Jb c d" {
		t.Errorf("%q", got)
	}
}
