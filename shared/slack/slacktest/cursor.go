package slacktest

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// A cursor holds the last entry of the page before, the time it was given out,
// and a mark of method and arguments: a cursor of another listing is
// invalid_cursor, as garbage is. The page size may change between pages.

func (r *request) cursorMark() string {
	h := fnv.New32a()
	fmt.Fprint(h, r.name)
	for _, name := range sortedKeys(r.args) {
		if name != "cursor" && name != "limit" {
			fmt.Fprint(h, "\x00", name, "\x00", r.str(name))
		}
	}
	return fmt.Sprintf("%08x", h.Sum32())
}

func (r *request) cursorAfter(last string) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d:%s", r.cursorMark(), r.at.Unix(), last))
}

// cursor reads the entry after which the page begins; "" is the beginning.
func (r *request) cursor() (string, error) {
	given := r.str("cursor")
	if given == "" {
		return "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(given)
	mark, rest, ok := strings.Cut(string(raw), ":")
	issued, last, ok2 := strings.Cut(rest, ":")
	if err != nil || !ok || !ok2 || mark != r.cursorMark() || last == "" || r.expired(issued) {
		return "", refuse("invalid_cursor")
	}
	return last, nil
}

func (r *request) expired(issued string) bool {
	life := r.org.opt.CursorLife
	var at int64
	if _, err := fmt.Sscan(issued, &at); err != nil {
		return true
	}
	return life > 0 && r.at.After(time.Unix(at, 0).Add(life))
}

// page walks a set from the request's cursor, taking what keep accepts until
// limit are taken; next is "" when nothing acceptable follows. Pages are always
// full but the last.
// assumed: Slack may send short pages; full ones keep call counts predictable.
func (r *request) page(set *idset, limit int, keep func(id string) bool) (ids []string, next string, err error) {
	last, err := r.cursor()
	if err != nil {
		return nil, "", err
	}
	for _, e := range set.after(last) {
		if keep != nil && !keep(e.id) {
			continue
		}
		if len(ids) == limit {
			return ids, r.cursorAfter(ids[limit-1]), nil
		}
		ids = append(ids, e.id)
	}
	return ids, "", nil
}

func nextCursor(next string) reply { return reply{"next_cursor": next} }
