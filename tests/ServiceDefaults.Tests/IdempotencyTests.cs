using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Tests;

public class IdempotencyTests
{
    [Fact]
    public void A_request_has_one_digest_however_it_is_read() =>
        Check.QuickThrowOnFailure(Prop.ForAll<byte[], PositiveInt>((body, portion) =>
            Digest(body, portion.Get, "a").SequenceEqual(Digest(body, 1 << 16, "a"))));

    [Fact]
    public void Two_requests_have_one_digest_if_they_are_the_same() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>, NonNull<string>>((one, other) =>
            Digest(Encoding.UTF8.GetBytes(one.Get), 7).SequenceEqual(Digest(Encoding.UTF8.GetBytes(other.Get), 7))
            == Encoding.UTF8.GetBytes(one.Get).SequenceEqual(Encoding.UTF8.GetBytes(other.Get))));

    [Theory]
    [InlineData("x", "abcabc")]
    [InlineData("aab", "aaab")]
    [InlineData("----boundary", "b")]
    public void A_boundary_does_not_count(string one, string other)
    {
        Assert.Equal(Digest(Form(one), 3, one), Digest(Form(other), 5, other));
        Assert.NotEqual(Digest(Form(one), 3, one), Digest([.. Form(one), 1], 3, one));

        static byte[] Form(string boundary) => Encoding.UTF8.GetBytes(
            $"--{boundary}\r\n\r\n1234\r\n--{boundary}\r\n\r\n5678\r\n--{boundary}--\r\n");
    }

    [Fact]
    public void What_is_sealed_opens_with_its_own_key_alone() =>
        Check.QuickThrowOnFailure(Prop.ForAll<byte[], NonNull<string>>((answer, key) =>
        {
            var box = new IdempotencySeal(key.Get, isSlow: false).Close(answer);
            Assert.Throws<System.Security.Cryptography.AuthenticationTagMismatchException>(
                () => new IdempotencySeal(key.Get + "!", isSlow: false).Open(box));
            return new IdempotencySeal(key.Get, isSlow: false).Open(box).SequenceEqual(answer);
        }));

    private static byte[] Digest(byte[] body, int portion, string? boundary = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentType = boundary is null ? null : $"multipart/form-data; boundary=\"{boundary}\"";
        using var digest = new RequestDigest(context.Request, new("caller and key", isSlow: false));
        var buffer = new byte[portion];
        while (context.Request.Body.Read(buffer) > 0)
        {
        }

        return digest.FinishAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
