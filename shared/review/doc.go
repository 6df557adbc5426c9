// Package review owns user access reviews: a campaign's scope, the snapshot that
// is taken of who holds what, who reviews each line of it, what they may decide,
// what is advised, and when a template begins the next campaign. It only thinks:
// it reads no clock, no directory and no Slack.
//
// A campaign is of one connector. Its snapshot never changes: what a reviewer
// decides stands beside it. A decision is a note of its reviewer's until it is
// submitted, and stands for ever after.
//
// A campaign (Campaign.Turn is the only function that moves it):
//
//	state      turn      becomes    why
//	draft      stage     staging    somebody, or its template's time
//	staging    staged    staged     every page of the snapshot is stored
//	staged     start     running    reviewers are told from here on
//	running    end       ending     a person, or its deadline where it ends by itself
//	ending     complete  completed  no line is open
//	draft, staging, staged  cancel  canceled
//
// A line (Line.Turn is the only function that moves it):
//
//	open       certify   certified  by the last level; it stays as it is
//	open       pass      open       by a level before the last: the next one decides
//	open       deny      denied     by any level: it goes
//	open       vanish    gone       it was not held any more when somebody looked
//	open       skip      skipped    the campaign ended first
//	denied     took      removed    seen gone in Slack
//	denied     keep      kept       it is held anew, by access that was given since
//	denied     give up   stands     a person said, with a reason, that nobody takes it away
package review
