package sfn

import "time"

// Quick makes executions try again after milliseconds.
func Quick(e *Executions) *Executions {
	e.pause = time.Millisecond
	return e
}
