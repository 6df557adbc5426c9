package headsaws

import "time"

// Quick makes a bucket try again after milliseconds, and list seven heads at once.
func Quick(b *Bucket) *Bucket {
	b.pause = time.Millisecond
	seven := int32(7)
	b.page = &seven
	return b
}
