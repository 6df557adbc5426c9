package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// CommentText is where the words of a comment lie; key is the comment's own.
func CommentText(request, key string) string { return "said/" + request + "/" + key }

// Comment adds words to a request, for those who have to do with it: by whoever
// sees it. It decides nothing. key is the comment's own, so that the same one
// sent again is one.
func (h *House) Comment(ctx context.Context, by access.Actor, id, key, said string) (access.Request, error) {
	const op = "flow.Comment"
	said = strings.TrimSpace(said)
	switch {
	case by.Service:
		return access.Request{}, fault.New(op, fault.Forbidden, "a service's key cannot comment; a person has to")
	case said == "":
		return access.Request{}, fault.At(op, "comment", "say something")
	case len([]rune(said)) > longestReason:
		return access.Request{}, fault.At(op, "comment", "the comment has more than %d characters", longestReason)
	}
	var out access.Request
	err := again(func() error {
		v, err := h.ReadRequest(ctx, by, id)
		if err != nil {
			return err
		}
		account, err := h.asker(by, v.Connector)
		if err != nil {
			return err
		}
		if !h.concerned(ctx, by, account, v) {
			return fault.New(op, fault.Forbidden, "who only audits reads what is said, and says nothing")
		}
		out = v.Request
		about := CommentText(id, key)
		if _, err := h.Memory.Text(ctx, about); !fault.Is(err, fault.NotFound) {
			return err // said already
		}
		texts, hash, err := h.reason(ctx, about, account, said)
		if err != nil {
			return err
		}
		out, err = h.Memory.SaveRequest(ctx, v.Request, nil, texts, h.requestEvent(v.Request, "request.commented", who(by), map[string]string{
			"account": account, "comment": hash, "key": key,
		}))
		return err
	})
	return out, fault.Wrap(op, err)
}

// concerned reports whether somebody who sees a request has to do with it beyond
// auditing: who asked, for whom, who may decide it or did, and who runs the house.
func (h *House) concerned(ctx context.Context, by access.Actor, account string, v RequestView) bool {
	if by.Is(access.IntegrationAdministrator) || account == v.By || account == v.Subject || v.MayDecide || v.MayConfirm || v.MayVeto {
		return true
	}
	if c, err := h.Memory.Connector(ctx, v.Connector); err == nil && slices.Contains(c.Owners, by.User.ID) {
		return true
	}
	return slices.ContainsFunc(v.Items, func(it access.Item) bool {
		return it.DecidedBy == account || it.DecidedFor == account || it.Confirm.By == account || slices.Contains(approvers(it), account)
	})
}
