// Package workflow is the folder of what wakes a grant's steps: an alarm clock
// and nothing more, for the table alone knows how a grant stands, and sweep
// carries every grant without it. Its engines implement flow.Executions:
// workflow/sfn on AWS Step Functions; a house in one process needs none.
//
// It never decides anything about a grant, and gives a clock nothing but the
// grant's id, so that an execution which sleeps for months stays valid over
// every change of the code.
package workflow
