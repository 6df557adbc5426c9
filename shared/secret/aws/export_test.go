package secretaws

import "time"

// Quick makes a store try again after milliseconds.
func Quick(s *Store) *Store {
	s.pause = time.Millisecond
	return s
}
