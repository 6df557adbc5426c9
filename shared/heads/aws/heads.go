// Package headsaws keeps the signed heads of the audit's chain in an S3 bucket
// with versions and Object Lock, where nothing that was put can be changed or
// taken away before its time of retention.
//
// The name of an object is the whole head (its number, time, hash and
// signature); the object repeats it as JSON for people. So one listing reads a
// thousand heads, and overwriting an object changes nothing that is read. The
// listing is that of versions: an object hidden by a delete marker still shows.
//
// Who can write the table and nothing else cannot make up its past: rows that
// were changed, cut off or put in contradict the newest head, which is at most
// a minute old. Who also has the signing key (the role of the function that
// seals) can sign other heads beside the old ones, which stay and contradict
// them. Both can stop new heads from coming, which an alarm has to notice, and
// can write what they like from now on. Only who may bypass the lock's
// governance (no function may), or close the account, can take heads away.
//
// It never signs, never verifies and never deletes. Adding takes the right to
// PutObject alone, reading ListBucketVersions alone.
package headsaws

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/awsfault"
	"github.com/ebb-access/ebb/shared/fault"
)

// Bucket keeps heads in an S3 bucket; it is safe for concurrent use. Use Open.
type Bucket struct {
	client *s3.Client
	name   string
	pause  time.Duration // before a second try; 0: awsfault's
	page   *int32        // heads of one listing; nil: S3's 1000
}

// Open names the bucket; nothing is asked of AWS yet.
func Open(client *s3.Client, bucket string) *Bucket { return &Bucket{client: client, name: bucket} }

// codes are S3's own words for errors.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
var codes = map[string]awsfault.Meaning{
	"PreconditionFailed":         {Kind: fault.Already, Text: "this head is kept already"},
	"ConditionalRequestConflict": {Kind: fault.Backoff, Text: "this head is being added by another: try again"},
	"OperationAborted":           {Kind: fault.Backoff, Text: "the bucket is being changed: try again"},
	"NoSuchBucket": {
		Kind: fault.Misconfigured,
		Text: "the bucket of the audit's heads is not there: see that EBB_HEADS_BUCKET names the one of the deployed stack",
	},
}

// record is a head as people read it.
type record struct {
	Seals     int64     `json:"seals"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"`
}

// AddHead keeps a head; one that is there already is no error. Errors:
// fault.Unclear when it may have been kept (add it again), fault.Backoff,
// fault.Misconfigured.
func (b *Bucket) AddHead(ctx context.Context, h audit.Head) error {
	const op = "heads/aws.AddHead"
	key, err := keyOf(h)
	if err != nil {
		return fault.Wrap(op, err)
	}
	body, err := json.Marshal(record{Seals: h.N, Hash: h.Hash, At: h.At.UTC(), Signature: h.Signature})
	if err != nil {
		return fault.Wrap(op, err)
	}
	err = b.call(op, true).Do(ctx, func(ctx context.Context) error {
		// If-None-Match: of many who add the same head, one does.
		_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &b.name, Key: &key, Body: bytes.NewReader(body), IfNoneMatch: aws.String("*"),
			ContentType: aws.String("application/json"),
		}, once)
		return err
	})
	if fault.Is(err, fault.Already) {
		return nil
	}
	return err
}

// Heads reads all heads, oldest first, a thousand with each request. What is
// no head of Ebb's is passed over: it proves nothing.
func (b *Bucket) Heads(ctx context.Context) (heads []audit.Head, err error) {
	err = b.each(ctx, "heads/aws.Heads", nil, func(h audit.Head) bool {
		heads = append(heads, h)
		return true
	})
	if err != nil {
		return nil, err
	}
	return heads, nil
}

// HeadFrom gives the first head at or behind link n, with one listing from there; the
// zero Head where there is none.
func (b *Bucket) HeadFrom(ctx context.Context, n int64) (head audit.Head, err error) {
	from := fmt.Sprintf("%s%019d", folder, n)
	err = b.each(ctx, "heads/aws.HeadFrom", &from, func(h audit.Head) bool {
		head = h
		return h.N < n
	})
	if head.N < n {
		head = audit.Head{}
	}
	return head, err
}

// each calls f for each head whose name comes behind from, until f says no.
func (b *Bucket) each(ctx context.Context, op string, from *string, f func(audit.Head) bool) error {
	in := &s3.ListObjectVersionsInput{Bucket: &b.name, Prefix: aws.String(folder), MaxKeys: b.page, KeyMarker: from}
	for last := ""; ; {
		var out *s3.ListObjectVersionsOutput
		err := b.call(op, false).Do(ctx, func(ctx context.Context) (err error) {
			out, err = b.client.ListObjectVersions(ctx, in, once)
			return err
		})
		if err != nil {
			return err
		}
		for _, version := range out.Versions {
			key := aws.ToString(version.Key)
			if h, ok := headOf(key); ok && key != last && !f(h) {
				return nil
			}
			last = key
		}
		if !aws.ToBool(out.IsTruncated) {
			return nil
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
}

func (b *Bucket) call(op string, write bool) awsfault.Call {
	return awsfault.Call{Op: op, Write: write, Codes: codes, Pause: b.pause}
}

func once(o *s3.Options) { o.Retryer, o.APIOptions = awsfault.Once(o.APIOptions) }
