// Package store owns what the house remembers: keys, records and repositories
// over one small table port (Table). State and its event go into one commit;
// no method saves one without the other. Directory rows are a cache of Slack
// and go in plain batches.
//
// It never calls Slack, never decides, and never imports flow.
package store
