package slacktest

import (
	"slices"
	"time"
)

// rateLimited is HTTP 429, after seconds.
type rateLimited struct{ after int }

func (*rateLimited) Error() string { return "ratelimited" }

// withinTier counts a call against its method's tier: per method, per workspace
// or organization, per app (there is one app), within a sliding minute of the
// organization's clock. A refused call does not count.
// assumed: bursts are as large as the minute's number, an org-wide token has one
// budget for the whole organization, and calls without a cursor have no stricter
// limit (Slack says that they do, not which).
func (o *Org) withinTier(r *request, where string) error {
	if !o.opt.Tiers {
		return nil
	}
	limit, window := r.spec.perMinute(r.name), time.Minute
	key := r.name + " " + where
	if r.name == "chat.postMessage" {
		limit, window = 1, time.Second
		key += " " + r.str("channel")
	}
	if limit == 0 {
		return nil
	}
	if wait := o.take(key, limit, window, r.at); wait > 0 {
		return &rateLimited{max(1, seconds(wait))}
	}
	return nil
}

// take a place in a sliding window; a positive answer is the time until one is
// free.
func (o *Org) take(key string, limit int, window time.Duration, at time.Time) time.Duration {
	recent := slices.DeleteFunc(o.windows[key], func(t time.Time) bool { return !t.After(at.Add(-window)) })
	if len(recent) >= limit {
		o.windows[key] = recent
		return recent[len(recent)-limit].Add(window).Sub(at)
	}
	o.windows[key] = append(recent, at)
	return 0
}
