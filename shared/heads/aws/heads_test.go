package headsaws_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	headsaws "github.com/ebb-access/ebb/shared/heads/aws"
)

func client(t *testing.T, trip http.RoundTripper) *s3.Client {
	t.Helper()
	return s3.NewFromConfig(awstest.Config(t, awstest.Others, trip), func(o *s3.Options) { o.UsePathStyle = true })
}

// bucket makes one with Object Lock, as the stack does.
func bucket(t *testing.T) (name string) {
	t.Helper()
	name = "heads-" + strings.ToLower(rand.Text())
	_, err := client(t, nil).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(true),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: awstest.Region},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// signed makes heads of seals 1 to n.
func signed(t *testing.T, n int64) (public ed25519.PublicKey, heads []audit.Head) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 10, 0, 0, 123_000_000, time.UTC)
	for i := range n {
		hash := strings.Repeat("0123456789abcdef", 4)
		heads = append(heads, audit.Sign(key, audit.Seal{N: i + 1, Hash: hash, At: at.Add(time.Duration(i) * time.Minute)}))
	}
	return public, heads
}

func want(t *testing.T, b *headsaws.Bucket, heads []audit.Head) {
	t.Helper()
	got, err := b.Heads(t.Context())
	if err != nil || !slices.Equal(got, heads) {
		t.Errorf("heads %+v, error %v; want %+v", got, err, heads)
	}
}

// TestHeadFrom: the first head at or behind a link is found without those before it.
func TestHeadFrom(t *testing.T) {
	_, all := signed(t, 40)
	var heads []audit.Head
	for i, h := range all {
		if i%4 == 3 { // of the links 4, 8, 12 …
			heads = append(heads, h)
		}
	}
	for name, b := range map[string]*headsaws.Bucket{
		"at once": headsaws.Open(client(t, nil), bucket(t)), "seven at once": headsaws.Quick(headsaws.Open(client(t, nil), bucket(t))),
	} {
		if h, err := b.HeadFrom(t.Context(), 1); err != nil || h.N != 0 {
			t.Errorf("%s: of none: %+v, %v", name, h, err)
		}
		for _, h := range heads {
			if err := b.AddHead(t.Context(), h); err != nil {
				t.Fatal(err)
			}
		}
		for n := range int64(44) {
			h, err := b.HeadFrom(t.Context(), n)
			if expect := audit.HeadFrom(heads, n); err != nil || h != expect {
				t.Errorf("%s: from %d: %d, want %d; %v", name, n, h.N, expect.N, err)
			}
		}
	}
}

// TestHeads: what was added comes back whole and in order, each once, with a
// signature that still holds.
func TestHeads(t *testing.T) {
	b := headsaws.Open(client(t, nil), bucket(t))
	want(t, b, nil)
	public, heads := signed(t, 12)
	for _, i := range []int{2, 0, 11, 1, 3, 4, 10, 5, 6, 9, 8, 7, 2, 11} {
		if err := b.AddHead(t.Context(), heads[i]); err != nil {
			t.Fatal(err)
		}
	}
	want(t, b, heads)
	for _, h := range heads {
		if v := audit.NewCheck(public, []audit.Head{h}).Close(); strings.Contains(strings.Join(v.Broken, ""), "signature") {
			t.Errorf("head %d: %q", h.N, v.Broken)
		}
	}
	for _, bad := range []audit.Head{{}, {N: 1, Hash: "a/b", Signature: "00"}, {N: -1, Hash: "00", Signature: "00"}} {
		if err := b.AddHead(t.Context(), bad); !fault.Is(err, fault.Internal) {
			t.Errorf("adding %+v: %v", bad, err)
		}
	}
}

// TestManyHeads adds from many sides at once, and crosses pages of a listing.
func TestManyHeads(t *testing.T) {
	b := headsaws.Quick(headsaws.Open(client(t, nil), bucket(t)))
	_, heads := signed(t, 28)
	var all sync.WaitGroup
	for i := range heads {
		all.Go(func() {
			if err := b.AddHead(t.Context(), heads[(i*5)%28]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	want(t, b, heads)
}

// TestHiddenAndOverwritten: who may delete and put objects, though not bypass
// the lock, changes nothing that is read.
func TestHiddenAndOverwritten(t *testing.T) {
	name := bucket(t)
	s3c := client(t, nil)
	b := headsaws.Open(s3c, name)
	_, heads := signed(t, 3)
	for _, h := range heads {
		if err := b.AddHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s3c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &name})
	if err != nil || len(list.Contents) != 3 {
		t.Fatalf("%d objects, error %v", len(list.Contents), err)
	}
	for i, o := range list.Contents {
		if i != 1 {
			_, err := s3c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &name, Key: o.Key})
			if err != nil {
				t.Fatal(err)
			}
		}
		if i != 0 {
			_, err := s3c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: o.Key, Body: strings.NewReader("forged")})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, junk := range []string{"heads/junk", "heads/0000000000000000009/x/00/00", "other/1"} {
		if _, err := s3c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &junk, Body: strings.NewReader("x")}); err != nil {
			t.Fatal(err)
		}
	}
	want(t, b, heads)
}

// TestTrouble: whatever goes wrong on the way, a head is kept once, and an
// error says truly what happened.
func TestTrouble(t *testing.T) {
	name := bucket(t)
	_, heads := signed(t, 40)
	rough := &awstest.Trouble{Next: awstest.Random(0.4, awstest.Coded(503, "SlowDown"), awstest.Break, awstest.BreakDone,
		awstest.Lose, awstest.LoseDone, awstest.Unreachable, awstest.Gateway)}
	b := headsaws.Quick(headsaws.Open(client(t, rough), name))
	for _, h := range heads {
		if err := b.AddHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	want(t, b, heads)
	for _, c := range []struct {
		mishap awstest.Mishap
		kind   fault.Kind
	}{
		{awstest.Coded(503, "SlowDown"), fault.Backoff},
		{awstest.LoseDone, fault.Unclear},
		{awstest.Coded(403, "AccessDenied"), fault.Misconfigured},
		{awstest.Coded(404, "NoSuchBucket"), fault.Misconfigured},
		{awstest.Unreachable, fault.Backoff},
	} {
		_, more := signed(t, 1)
		b := headsaws.Quick(headsaws.Open(client(t, &awstest.Trouble{Next: awstest.First(100, c.mishap)}), name))
		if err := b.AddHead(t.Context(), more[0]); !fault.Is(err, c.kind) {
			t.Errorf("adding: %v, want %q", err, c.kind)
		}
		reads := c.kind
		if reads == fault.Unclear {
			reads = fault.Backoff // a read has no outcome to be unclear about
		}
		if _, err := b.Heads(t.Context()); !fault.Is(err, reads) {
			t.Errorf("reading: %v, want %q", err, reads)
		}
	}
}
